"""What a tool's name tells of its effect: a clear deed is one, and a look stays a look."""

from __future__ import annotations

import pytest

from curation.rules.effects import guess_effect, repeats_harm

WRITES = (
    "update_order_status set_order_status update_user_details send_report create_report update_price mark_as_read "
    "notification_mark_read flag_set_as_read check_in_guest checkOutGuest fetch_and_update get_or_create_user "
    "findOneAndUpdate search_and_book search_flights_and_submit order_update_status orders.updateStatus list_add "
    "add_quote place_order shop.placeOrder order_pizza issue_ticket edit_summary"
)
DESTROYS = (
    "delete_chat_history remove_from_list get_and_delete deleteSearchHistory search_history_delete list_delete "
    "pay_fees cancel_quote refund_order close_report"
)
READS = (
    "get_order order_status list_transfers refund_status search_reports read_mail get_refund transfer_details "
    "purchase_history place_search run_search perform-search weather_report shop.order_status list_open_orders "
    "get_open_and_close_times get_charge_and_refund get_user_and_order check_in_stock check_in_status "
    "get_check_in_time check_out_of_stock get_update_history check_cancel_eligibility can_cancel book_search "
    "get_and_list list_run store_details"
)
NOTHING = "weather flag_as_read orders"


@pytest.mark.parametrize(
    ("names", "effect"), [(WRITES, "write"), (DESTROYS, "destructive"), (READS, "read"), (NOTHING, None)]
)
def test_a_clear_deed_is_one_and_a_look_stays_a_look(names: str, effect: str | None) -> None:
    told = {name: guess_effect(name) for name in names.split()}
    assert told == dict.fromkeys(names.split(), effect)


@pytest.mark.parametrize(
    ("name", "is_harmful"),
    [("create_report", True), ("search_and_book", True), ("order_status", False), ("update_order_status", False)],
)
def test_a_deed_that_ends_in_a_telling_word_may_be_done_twice(name: str, is_harmful: bool) -> None:
    assert repeats_harm(name, None) is is_harmful
