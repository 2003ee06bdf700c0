"""What every page of the admin shares: who may what, staff sessions, lists, deeds and their audit."""
