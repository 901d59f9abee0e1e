"""What can be deployed, one file per kind: how a document becomes a resource, how the live side is read and written."""
