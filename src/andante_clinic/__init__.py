"""The clinic: the web service for therapist, client, supervisor and manager around the instrument.

Read top down; a row may import only rows below it:

    verbs  wsgi                                         `andante serve`, `demo`, `manage`; the server's entry
    urls                                                every address
    dashboard | supervision | checkin | office          a folder per person: therapist, supervisor, client, manager
    bridge                                              the only folder that knows both sides: journal -> instrument -> stored readings
    journal                                             what happened: appointments, answers, topics, agreements, readings, safety
    people                                              who is who, who may see whom, encryption, the audit trail
    apps  settings  keys                                how it is put together

A page never asks the database who someone is: it goes through `people.access`, the one gate. A page that changes
a client's record does so inside `bridge.readings.changing(client)`, which computes the reading anew.
"""
