"""Feeds of shops: from a file to products, row by row.

readers       FILE or FOLDER -> Row | Rejection, one reader a format; `programs` are exports whose rows need each other
columns       the names that feeds give to our fields (column_names), in many languages
mapping       the feed's columns -> our fields, as recognised or as a mapping file says (overrides)
shop_programs what exports of Shopify, WooCommerce (in five languages) and EC-CUBE call their columns
fields        a row's cells -> price, sale, texts, stock, addresses
to_product    Row -> draft of a product or variant, or Rejected
variants      drafts of one group -> one product with choices (spool_sqlite keeps them until the end)
read_feed     all of it: files -> Product | Rejection

What is wrong with one row rejects that row. What is wrong with a file (it breaks off, is no feed, has no column for
the price) refuses the import as a whole, because the products that were not read would count as gone.
"""
