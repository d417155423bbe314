"""The therapist's pages: who needs attention today, one client, the record of a session, the plan, the shared screen."""
