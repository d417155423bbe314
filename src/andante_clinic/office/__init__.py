"""The manager's pages: people, the service's settings, the audit trail, broken glass. No clinical view."""
