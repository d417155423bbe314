"""The laboratory: makes clients whose harms are known, and judges readings against them.

It stands beside the river. What makes clients and judges readings knows the session table (`records`) and nothing of how
readings are made, so that the instrument is never tuned on its own reflection; what fits weights and gates (`fitting`,
`calibration`, `gates`, `outside`) knows both.
"""
