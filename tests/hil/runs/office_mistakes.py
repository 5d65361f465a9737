"""Mistakes of the office's controller, a scenario that sees each, and exactly the requirements that it fails there."""

MISTAKES: list[tuple[str, str, set[str]]] = [
    ("stop_ignored", "office/emergency_stop", {"REQ-STP-001", "REQ-STP-002"}),
    ("starts_by_itself", "office/emergency_stop", {"REQ-STP-002"}),
    ("no_life_sign", "office/emergency_stop", {"REQ-SGN-001"}),
    ("rooms_left_on", "office/selector_off", {"REQ-ROM-001"}),
    ("no_run_on", "office/selector_off", {"REQ-OFF-002"}),
    ("forgets_alarms", "office/alarm_life", {"REQ-ACK-001"}),
    ("no_acknowledgement", "office/alarm_life", {"REQ-ACK-002"}),
    ("unit_alarm_ignored", "office/unit_locked_out", {"REQ-ACK-002", "REQ-LMP-006", "REQ-UNT-001", "REQ-UNT-002"}),
    ("sand_unseen", "office/wells_in_trouble", {"REQ-LMP-011", "REQ-WEL-003", "REQ-WEL-006"}),
    ("first_pump_first", "office/least_used_leads", {"REQ-ROT-003"}),
    ("cold_source_ignored", "office/frozen_ground", {"REQ-CLD-001", "REQ-LMP-007", "REQ-PRO-002"}),
    ("no_heating_lockout", "office/warm_day_cold_rooms", {"REQ-LCK-001", "REQ-OFF-004"}),
    ("valves_unguarded", "office/valve_drift", {"REQ-VLV-003", "REQ-VLV-004"}),
    ("switch_believed", "office/lying_end_switch", {"REQ-SEQ-006", "REQ-VLV-002"}),
    ("endless_retry", "office/no_water", {"REQ-FLW-004"}),
    ("no_min_on", "office/short_call", {"REQ-CYC-003"}),
    ("no_stand_in", "office/mild_day_broken_sensor", {"REQ-SNS-006"}),
    ("users_overruled", "office/rooms_and_users", {"REQ-ROM-002"}),
]
