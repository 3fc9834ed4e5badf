"""What a service refuses, apart from bad content (which is Django's ``ValidationError`` with field names)."""


class NotAllowed(Exception):
    """This person may not take this step, or the step does not follow from the state things are in.

    A page answers it as if the thing were not there (404), unless the person may see the thing itself.
    """
