"""Tell what a spam filter would dislike about a mail, here and without the network."""
