"""The therapist's addresses."""

from django.urls import path

from andante_clinic.dashboard import agreed, appointments, check_ins, client, ending, plan, record, small_steps, take_in, today, together

ONE = "clients/<str:code>/"
SESSION = ONE + "sessions/<int:number>/"

urlpatterns = [
    path("", today.home, name="home"),
    path("today/", today.today, name="today"),
    path("clients/ended/", ending.ended, name="ended"),
    path("clients/new/", take_in.take_in, name="take_in"),
    path(ONE, client.client, name="client"),
    path(ONE + "together/", together.together, name="together"),
    path(ONE + "book/", appointments.book, name="book"),
    path(SESSION + "move/", appointments.move, name="move"),
    path(SESSION + "record/", record.record, name="record"),
    path(SESSION + "plan/", plan.plan, name="plan"),
    path(SESSION + "plan/readiness/<str:item>/", plan.look_at, name="look_at"),
    path(SESSION + "plan/consent/", plan.consent, name="consent"),
    path(SESSION + "check-ins/", check_ins.check_ins, name="checkins"),
    path(SESSION + "check-ins/<str:kind>/offer/", check_ins.offer, name="offer"),
    path(SESSION + "check-ins/<str:kind>/revoke/", check_ins.revoke, name="revoke"),
    path(SESSION + "check-ins/<str:kind>/enter/", check_ins.enter_answers, name="enter_answers"),
    path(ONE + "agreed/", agreed.agreed, name="agreed"),
    path(ONE + "agreed/say/", agreed.say, name="agree"),
    path(ONE + "agreed/<int:pk>/withdraw/", agreed.withdraw, name="withdraw"),
    path(ONE + "agreed/room-code/", agreed.room_code, name="room_code"),
    path(ONE + "respond/<str:risk>/", small_steps.respond, name="respond"),
    path(ONE + "responses/<int:pk>/", small_steps.response, name="response"),
    path(ONE + "brake/", small_steps.brake, name="brake"),
    path(ONE + "safety/", small_steps.raise_safety, name="raise_safety"),
    path(ONE + "safety/<int:pk>/", small_steps.safety_step, name="safety"),
    path(ONE + "end/", ending.end, name="end"),
    path(ONE + "score/", small_steps.score, name="score"),
]
