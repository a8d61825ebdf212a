"""Feeds of shops: from a file to products, row by row.

    feed_files      FILE or FOLDER -> plain files of a known format   (archive: gzip and zip, with bounds)
    delimited, xml_feed, json_lines, parquet                          file -> Row | Rejection
    mapping         the feed's columns -> our fields                  (columns: their names in many languages)
    shopify, woocommerce                                              what is special about these exports
    to_product      Row -> draft of a product, or Rejected            (money, text, sale, availability, web_address)
    variants        drafts of one group -> one product with choices   (spool_sqlite keeps them until the end)
    read_feed       all of it: files -> Product | Rejection

What is wrong with one row rejects that row. What is wrong with a file (it breaks off, is no feed, has no column for
the price) refuses the import as a whole, because the products that were not read would count as gone.
"""
