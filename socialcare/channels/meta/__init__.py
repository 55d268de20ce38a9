"""Meta's Graph API: what the channels ``facebook`` and ``instagram`` have in common.

Nobody could run this against the live service. An app in development mode is shown only
what people with a role on that app have written: a list that stays empty although there
are comments means that the app has not been through Meta's review yet.

https://developers.facebook.com/docs/graph-api
"""
