// libelf's messages are in English.
#define dgettext(domain, text) (text)
