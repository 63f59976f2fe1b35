truce_test(demo_test demo truce_demo truce_policy)
