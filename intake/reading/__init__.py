"""Files of every format the contract names, read into chunks of text columns under contract field names."""
