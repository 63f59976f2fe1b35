# What real systems send, through the presets and our own policies. The payloads are beside the
# source tree; without them only the policies are tested, and the program says so.
truce_test(payloads_test payloads truce_presets truce_normalize)
