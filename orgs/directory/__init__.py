"""Reading the directory: what lists, pages and exports share."""
