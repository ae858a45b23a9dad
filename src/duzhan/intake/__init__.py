"""Any county's file becomes canonical columns, every cell read or refused."""
