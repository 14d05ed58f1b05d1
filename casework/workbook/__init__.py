"""The workbooks that leave the house: the suspicion list a clerk fills in, and the encrypted list of whom to visit."""
