import multiprocessing as mp
print "hello"
