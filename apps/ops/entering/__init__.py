"""The admin's pages of signing in to the admin and out, and who of the staff is signed in."""
