"""How Django writes dates where no page says otherwise: like users.dates, and hours from 00 to 23 everywhere."""
