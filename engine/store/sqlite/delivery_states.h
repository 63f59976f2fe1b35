// Groups of a delivery's states in SQL, the same in the indexes and in what is to use them.
//
// A chain of OR and not IN: for an IN of more than two, SQLite fills a table for every row that a CHECK
// or a partial index looks at (2 µs each; an update of a delivery had five).
#pragma once

#define DELIVERY_AWAITS_HAND_OUT "(state = 'pending' OR state = 'waiting' OR state = 'verifying')"

// `table` is "" or an alias with its dot.
#define DELIVERY_IS_OPEN(table)                                                   \
  "(" table "state = 'pending' OR " table "state = 'leased' OR " table            \
  "state = 'waiting' OR " table "state = 'verifying' OR " table "state = 'dead'" \
  " OR " table "state = 'discarded')"
