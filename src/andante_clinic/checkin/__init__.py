"""The client's phone: a check-in behind a signed link, thanks and the brake afterwards, their own page behind a PIN."""
