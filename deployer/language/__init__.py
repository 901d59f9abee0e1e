"""What a version of Kestra reads: types, constraints, expressions, and how the data of a flow becomes typed parts."""
