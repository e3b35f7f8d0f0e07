"""Outside effects: mails and webhooks of processes, each sent once as far as anybody can know."""
