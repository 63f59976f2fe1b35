// jemalloc reads this when the process starts. One arena: one thread does most of the work, and every
// further arena keeps what a large batch took. Freed pages soon go back, also when nothing comes any
// more: that takes a thread of its own. An idle thread keeps its cache for ever, and there are dozens:
// nothing large goes into it.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf =
    "narenas:1,background_thread:true,dirty_decay_ms:100,muzzy_decay_ms:0,tcache_max:4096";
}
