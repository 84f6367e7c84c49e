#pragma once
// Debian's libxml2 headers pull in ICU, whose headers clash with Foundation's own copy.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <libxml/dict.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

static xmlParserInputPtr clibxml2_load_nothing(const char *url, const char *identifier, xmlParserCtxtPtr parser) {
    return NULL;
}

static void clibxml2_say_nothing(void *context, xmlErrorPtr error) {}

/// Makes the library ready and takes from it every way to fetch something else. Call once, before the first parser.
static inline void clibxml2_start(void) {
    xmlInitParser();
    xmlSetExternalEntityLoader(clibxml2_load_nothing);
}

/// A few errors (character conversion) belong to no parser and would be printed, with bytes of the message; this
/// silences them for the calling thread.
static inline void clibxml2_silence_thread(void) {
    xmlSetStructuredErrorFunc(NULL, clibxml2_say_nothing);
}

/// Makes a parser report to these callbacks in place of building a tree.
static inline void clibxml2_set_handler(xmlParserCtxtPtr parser, const xmlSAXHandler *handler, void *context) {
    *parser->sax = *handler;
    parser->userData = context;
}

/// A parser that is fed piece by piece. Its own limits fit a document in memory, so they are off, but for the bytes of all
/// different names: the caller bounds the rest.
static inline xmlParserCtxtPtr clibxml2_push_parser(size_t names) {
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL);
    if (parser == NULL) return NULL;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_HUGE);
    xmlDictSetLimit(parser->dict, names);
    return parser;
}
