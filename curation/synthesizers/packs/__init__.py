"""Domain packs: folders of data with the tools of a domain and the words people use around them."""
