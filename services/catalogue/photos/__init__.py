"""The pictures of products, fetched once and kept in the deployment's store.

    links              which links products name, and which of them are still to be got
    sources            a file of a folder (`folder`), or else a URL (`http_photos`; `address` says whom may be asked)
    check_photo        what a photo must be: the content decides, the size is judged before a pixel is unpacked
    job                each picture by itself: got, checked, stored, told on `ad.photos` (`photo_messages`)
    kafka_photos       what is known of each link

`adloom catalogue photos` runs it. What was taken or is no photo is on `ad.photos`, so a run goes on where one before
ended; what could not be had is on no topic, and is tried again by the next run.
"""
