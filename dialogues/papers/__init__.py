"""Papers: print packs for facilitators, and reports. Data of ours and templates of ours become PDF by typst."""
