"""The languages our documents are printed in; people's pages are in those of the settings."""

LANGUAGES = [("en", "English"), ("ru", "Русский"), ("es", "Español"), ("id", "Bahasa Indonesia")]
