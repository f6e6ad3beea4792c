# A uprobe and a uretprobe on a function of a program, by its symbol.
start uprobe /bin/uprobed uprobed_add
sees '^[0-9]+ +[0-9]+ +uprobed +call +0x3 0x4 ' uprobed
sees '^[0-9]+ +[0-9]+ +uprobed +return 0x7$' uprobed
stops
