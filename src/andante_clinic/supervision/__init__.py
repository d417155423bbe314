"""The supervisor's pages: what is raised and unanswered, safety, ruptures, what was tried. By client, never a league table."""
