"""Reading the directory: what lists, pages and exports share."""
"""The directory: finding organisations, showing one, and saying who can be somewhere first."""
