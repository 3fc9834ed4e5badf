"""Reading ties between organisations: the picture around one of them, networks, those tied to no one, the file."""
