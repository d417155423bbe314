"""The client's addresses: everything hangs on the signed link, and tells nothing."""

from django.urls import path

from andante_clinic.checkin import mine, pages

LINK = "<str:link>/"

urlpatterns = [
    path(LINK, pages.checkin, name="checkin"),
    path(LINK + "slow/", pages.slow_down, name="slow_down"),
    path(LINK + "mine/", mine.mine, name="mine"),
    path(LINK + "mine/say/", mine.say, name="mine_say"),
    path(LINK + "mine/withdraw/", mine.withdraw, name="mine_withdraw"),
    path(LINK + "mine/stop-word/", mine.stop_word, name="mine_stop_word"),
    path(LINK + "mine/wish/", mine.wish, name="mine_wish"),
    path(LINK + "mine/settled/", mine.settled, name="mine_settled"),
    path(LINK + "mine/consent/", mine.consent, name="mine_consent"),
    path(LINK + "mine/contact/", mine.contact, name="mine_contact"),
    path(LINK + "mine/lock/", mine.lock, name="mine_lock"),
]
