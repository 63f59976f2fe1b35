truce_test(house_test house truce_options)
