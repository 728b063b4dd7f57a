//! A loopback proxy before an AWS emulator: names each call, delays it, breaks it, and logs it.
