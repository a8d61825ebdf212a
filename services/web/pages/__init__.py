"""What browsers load as it is: `/adloom.js`, which brings ads to any page, and `/demo`, a small shop that uses it.

The script fills every `<div data-adloom="PLACE" data-format="300x250" data-user="WHO">`, and reports a view of the
product of every element with `data-adloom-view="PRODUCT"` and `data-user`. `data-consent` of the script element says
what the shopper allows: `none`, `profile`, `personalise` or `all`; without it the shop's setting does. With `wait`
nothing is asked or reported until the page calls `adloom.consent({profile: true, personalise: false})`. Each call asks
for the ads anew and reports the views again under their ids, so that a view counts once, as soon as a profile is
allowed.
"""
