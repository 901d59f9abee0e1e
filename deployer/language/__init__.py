"""What a version of Kestra reads: types, constraints, expressions, and how a flow's data becomes parts of them."""
