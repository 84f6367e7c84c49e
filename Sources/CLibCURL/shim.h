#pragma once
#include <curl/curl.h>

// Swift cannot call C functions with variable arguments: one plain function for each kind of argument.

static inline CURLcode hatchway_curl_global_init(void) { return curl_global_init(CURL_GLOBAL_ALL); }

static inline CURLcode hatchway_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode hatchway_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode hatchway_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode hatchway_curl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode hatchway_curl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*hatchway_curl_sink)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode hatchway_curl_set_sink(CURL *easy, CURLoption option, hatchway_curl_sink sink) {
    return curl_easy_setopt(easy, option, sink);
}

static inline CURLcode hatchway_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode hatchway_curl_get_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, (char **)value);
}

static inline CURLMcode hatchway_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// Reads the message without the union that holds its result.
static inline CURL *hatchway_curl_next_finished(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
