"""Files of organisations: reading them, understanding their cells, finding who is known already.

Nothing here writes to the directory; that is ``orgs.services.imports`` and what stands beside it. See
docs/directory-imports.md.
"""
