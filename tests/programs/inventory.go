// Package inventory counts things: slices, structs and closures' absence.
package main

type Item struct {
	Code   int32
	Amount int32
	Price  float64
}

func Total(items []Item) float64 {
	sum := 0.0
	for _, item := range items {
		sum += float64(item.Amount) * item.Price
	}
	return sum
}

func Find(items []Item, code int32) int {
	for i := range items {
		if items[i].Code == code {
			return i
		}
	}
	return -1
}

func Take(items []Item, code int32, amount int32) bool {
	i := Find(items, code)
	if i < 0 || items[i].Amount < amount || amount < 0 {
		return false
	}
	items[i].Amount -= amount
	return true
}

func Digits(n uint32) int32 {
	var sum int32
	for n > 0 {
		sum += int32(n % 10)
		n /= 10
	}
	return sum
}

func Histogram(bytes []byte, counts []int32) int32 {
	var most int32
	for _, b := range bytes {
		k := int(b) & 15
		if k < len(counts) {
			counts[k]++
			if counts[k] > most {
				most = counts[k]
			}
		}
	}
	return most
}

func main() {}
