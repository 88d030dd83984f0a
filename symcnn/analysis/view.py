class View:
    pass


UNCHANGED = View()


def joined(*a):
    return UNCHANGED
