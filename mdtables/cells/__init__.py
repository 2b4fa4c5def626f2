"""Value <-> cell <-> line: encoding, decoding, canonical text, checksum, width, layout. Knows no documents."""
