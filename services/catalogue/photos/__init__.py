"""The pictures of products, fetched once and kept in the deployment's store.

    links              which links products name, and which of them are still to be got
    sources            a file of a folder (`folder`), or else a URL (`http_photos`; `address` says whom may be asked)
    check_photo        what a photo must be: the content decides, the size is judged before a pixel is unpacked
    get_photo          each picture by itself: got, checked, stored, told on `ad.photos` (`photo_messages`)
    job, ledger        all that are missing, once; those that are due, for ever
    repeated           a picture under many unrelated products, which shows none of them
    kafka_photos       what is known of each link

The studio gets the first pictures of products as products come, and asks their hosts now and then whether they have
changed (`ledger`); `adloom catalogue photos` gets all that are missing now (`job`), those of a folder as well. What was
taken or is no photo is on `ad.photos`, so both go on where they were; what could not be had is on no topic.
"""
