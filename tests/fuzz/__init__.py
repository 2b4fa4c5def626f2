"""Any bytes at all, through everything that reads what somebody else wrote."""
