"""How things are shown: pictograms, badges, times, forms and the way round the site."""
