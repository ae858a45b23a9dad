"""E-mail: settings, messages, and the conversation with a server (RFC 5321, 5322)."""
