"""What is looked for by itself before an alert goes out, one file a subject, one function a check.

``subject`` gathers every word that would leave and the record behind it; ``checks`` lists the checks; ``questions``
says what a person answers. What was answered is written by ``incidents.services.safety``.
"""
