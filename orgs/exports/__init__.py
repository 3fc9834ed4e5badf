"""The directory as files, as each audience may read it. See docs/directory-imports.md."""
