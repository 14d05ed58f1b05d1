"""The rule catalogue: rules as folders of data, read, checked, shown and tried on their examples."""
